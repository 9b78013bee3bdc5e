-- What columns mean since each repricing is told once a strength, whichever basis sees it first, since legs are closed with
-- their meeting where no reading is left to end them, and since what no settlement answers is withdrawn.

comment on column review.alerts.is_primary is
  'boolean: told; no better basis had a reading of that trade date, and no other had told as much of the repricing';
comment on column review.repricings.end_reason is
  'reversed, quiet, decision, cancelled or path_ended; of a withdrawn one corrected, withdrawn or no_settlement';
comment on column review.repricings.ended_at is
  'UTC: when it ended, of one that no reading was left to end the decision itself; null while open';
