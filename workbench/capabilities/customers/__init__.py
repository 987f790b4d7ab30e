"""Customers and their grades (大客户管理制度)."""
