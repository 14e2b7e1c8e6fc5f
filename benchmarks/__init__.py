"""Made-up libraries, and what is measured on them; see README.md."""
