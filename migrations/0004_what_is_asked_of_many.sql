-- A large installation makes these beforehand, each with CREATE INDEX CONCURRENTLY, so that nothing waits for them here.
DROP INDEX IF EXISTS "contacts_stage";--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "contacts_stage_persona" ON "contacts" USING btree ("stage","persona") WHERE merged_into is null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "contacts_rules" ON "contacts" USING btree ("rules") WHERE merged_into is null and decided_at is not null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "contacts_email" ON "contacts" USING btree (lower(profile #>> '{fields,email,value}')) WHERE merged_into is null;--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "segment_moves_at" ON "segment_moves" USING brin ("at");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "stage_moves_at" ON "stage_moves" USING brin ("at");--> statement-breakpoint
CREATE INDEX IF NOT EXISTS "messages_owed" ON "messages" USING btree ("owed_at","id");