"""Disclosures and leaks of customer information (顾客信息管理制度)."""
