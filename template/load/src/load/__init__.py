"""The product's journeys under load, held against its service levels."""
