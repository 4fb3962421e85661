"""The records database: journal, projections, queries. The only place that speaks SQL."""
