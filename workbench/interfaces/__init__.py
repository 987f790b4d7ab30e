"""Command line, Excel add-in, JupyterLab: thin; none imports another."""
