"""JupyterLab on the workbench: the server (``serve``), the start page's panel (``panel``)."""
