"""For analysts: the register as documented DataFrames, customers under numbers.

from workbench.analysis import open_book
book = open_book()
book.leads
"""

from workbench.analysis.book import Book, open_book
from workbench.analysis.measures import STEPS

__all__ = ["STEPS", "Book", "open_book"]
