"""The main job on realistic, synthetic files: nine months of a company, from received workbooks to reports."""

from workbench.demo.simulation import run_demo

__all__ = ["run_demo"]
