"""What is fed back: outcomes of cases, releases, blinded comparison."""
