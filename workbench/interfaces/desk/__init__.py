"""The desk page: the workbench in a browser of this computer, for those without Excel's add-in (``serve``, ``deed``)."""
