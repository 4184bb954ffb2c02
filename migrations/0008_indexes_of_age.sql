-- outside a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "segment_moves_at" ON "segment_moves" USING brin ("at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "stage_moves_at" ON "stage_moves" USING brin ("at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "events_received" ON "events" USING brin ("received_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "reports_at" ON "reports" USING brin ("at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "touches_at" ON "touches" USING brin ("at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "calls_owed" ON "calls" USING brin ("owed_at");--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "runs_entered" ON "runs" USING brin ("entered_at");
