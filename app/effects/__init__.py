"""The outbox of effects: leases, attempts, results, workers, the scheduler, dead letters."""
