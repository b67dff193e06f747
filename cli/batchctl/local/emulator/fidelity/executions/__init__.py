"""Executions: what AWS tells of them, their histories, starts, ends and redrives."""
