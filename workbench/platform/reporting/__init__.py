"""Reports: workbook, page, charts, papermill runs, drill-down."""
