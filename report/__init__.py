"""The store on a day → estimates, figures, charts: a folder with one static page and its CSV."""

from report.estimates import estimates
from report.folder import write_report
from report.words import say

__all__ = ["estimates", "say", "write_report"]
