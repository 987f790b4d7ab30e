"""The peer of the settlement: the same lines in hand-written DuckDB SQL over the same derived states."""

from __future__ import annotations

from datetime import date

import duckdb
import pandas as pd

SQL = """
WITH newest AS (
    SELECT lead, month, contract, arg_max(picked_up, "at") AS picked_up, arg_max(quantity, "at") AS quantity
    FROM contracts GROUP BY ALL
), fitting AS (  -- D34, where every contract is of one lead
    SELECT lead, month, greatest(0, least(picked_up, quantity - coalesce(sum(picked_up) OVER (
        PARTITION BY lead, contract ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS picked_up
    FROM newest
), quarter AS (
    SELECT lead, sum(picked_up) AS picked_up FROM fitting WHERE month BETWEEN $first_month AND $last_month GROUP BY lead
), earlier AS (  -- D8: what earned in an earlier quarter earns no more; caps of those quarters applied
    SELECT lead, quarter_no, picked_up FROM (
        SELECT lead, ceil(cast(month[6:7] AS int) / 3) AS quarter_no, sum(picked_up) AS picked_up
        FROM fitting WHERE month < $first_month GROUP BY ALL)
), projects AS (
    SELECT s.* FROM states s WHERE s.project IS NOT NULL AND s.counts_in IS NOT NULL AND s.quantity >= 10
), first_turn AS (
    SELECT p.lead, p.reporter_kind, row_number() OVER (PARTITION BY p.reporter ORDER BY p.place) AS turn
    FROM projects p JOIN earlier e USING (lead) WHERE e.quarter_no = 1 AND e.picked_up * 5 >= p.quantity * 2
), first_earned AS (
    SELECT lead FROM first_turn WHERE reporter_kind = '经销商' OR turn <= 5
), second_turn AS (
    SELECT p.lead, p.reporter_kind, row_number() OVER (PARTITION BY p.reporter ORDER BY p.place) AS turn
    FROM projects p JOIN earlier e USING (lead)
    WHERE e.quarter_no = 2 AND e.picked_up * 5 >= p.quantity * 2 AND p.lead NOT IN (FROM first_earned)
), earned AS (
    FROM first_earned UNION ALL SELECT lead FROM second_turn WHERE reporter_kind = '经销商' OR turn <= 5
), now AS (
    SELECT p.*, q.picked_up,
           row_number() OVER (PARTITION BY p.reporter ORDER BY p.place) AS turn
    FROM projects p JOIN quarter q USING (lead)
    WHERE q.picked_up * 5 >= p.quantity * 2 AND p.lead NOT IN (SELECT lead FROM earned)
), valid AS (
    SELECT reporter, count(*) AS valid FROM states WHERE counts_in BETWEEN $first_month AND $last_month GROUP BY reporter
), goal AS (
    SELECT unit, sum(amount) AS goal FROM targets WHERE month BETWEEN $first_month AND $last_month GROUP BY unit
), first_answer AS (
    SELECT lead, arg_min(verdict, "at") AS verdict, arg_min(expires_on, "at") AS expires_on, min("at") AS answered,
           arg_min(person, "at") AS person FROM feedback GROUP BY lead
)
SELECT '7.1.1' AS clause, reporter AS party, number AS ref, 1000 AS amount FROM now WHERE reporter_kind = '经销商'
UNION ALL
SELECT '7.2.1', unit, $quarter, least(1000, 200 * ((valid - goal) * 10 // goal)) FROM goal JOIN valid ON reporter = unit
    WHERE (valid - goal) * 10 // goal >= 1
UNION ALL
SELECT '7.2.2', reporter, number, CASE WHEN turn <= 5 THEN 200 ELSE 0 END FROM now WHERE reporter_kind = '部门'
UNION ALL
SELECT '7.3.1', coalesce(f.person, '乙'), s.number, -100 FROM states s LEFT JOIN first_answer f USING (lead)
    WHERE s.late AND s.due_on BETWEEN $first AND $last
UNION ALL
SELECT '7.3.2a', coalesce(f.person, '乙'), s.number, -100 FROM first_answer f JOIN states s USING (lead)
    WHERE f.verdict = '有效' AND f.expires_on IS NULL AND f.answered >= $first AND f.answered < $last + INTERVAL 1 DAY
ORDER BY ALL
"""


def lines(facts, states: pd.DataFrame, quarter: str, first: date, last: date) -> pd.DataFrame:
    """clause, party, ref, amount by SQL, for a third quarter (two earlier ones are unrolled for D8)."""
    base = duckdb.connect()
    frames = {
        "states": states.reset_index().assign(place=range(len(states))),
        "contracts": facts.contracts,
        "targets": facts.targets,
        "feedback": facts.feedback,
    }
    for name, frame in frames.items():
        base.register(name, frame)
    given = {
        "first": first,
        "last": last,
        "quarter": quarter,
        "first_month": f"{first:%Y-%m}",
        "last_month": f"{last:%Y-%m}",
    }
    return base.execute(SQL, given).fetchdf()
