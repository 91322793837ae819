"""Background jobs: documents are read and answers are kept here."""
