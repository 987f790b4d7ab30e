"""Reports: workbook, page, charts, papermill runs, drill-down."""

import sys

# nbformat brings jsonschema, which compiles forty grammars of addresses in foreign letters if it finds this package: two
# seconds of every report, for a format no notebook has. Without it jsonschema leaves these formats alone.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
