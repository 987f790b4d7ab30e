"""Regulations as dated data: parameters, readings, editions, settled terms."""
