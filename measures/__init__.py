"""What is measured: forms, measures and risk models as versioned data, and the language their conditions are written in."""
