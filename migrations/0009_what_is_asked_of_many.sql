-- outside a transaction
DROP INDEX CONCURRENTLY IF EXISTS "contacts_stage";--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "contacts_stage_persona" ON "contacts" USING btree ("stage","persona") WHERE merged_into is null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "contacts_rules" ON "contacts" USING btree ("rules") WHERE merged_into is null and decided_at is not null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "contacts_email" ON "contacts" USING btree (lower(profile #>> '{fields,email,value}')) WHERE merged_into is null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "messages_owed" ON "messages" USING btree ("owed_at","id");
