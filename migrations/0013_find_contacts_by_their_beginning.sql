-- outside a transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS "contacts_email_begin" ON "contacts" USING btree (lower(profile #>> '{fields,email,value}') text_pattern_ops) WHERE merged_into is null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "contacts_name_begin" ON "contacts" USING btree (ltrim(lower(coalesce(profile #>> '{fields,first_name,value}', profile #>> '{fields,name,value}', '') || ' ' || coalesce(profile #>> '{fields,last_name,value}', ''))) text_pattern_ops) WHERE merged_into is null;--> statement-breakpoint
CREATE INDEX CONCURRENTLY IF NOT EXISTS "identities_begin" ON "identities" USING btree ("value" text_pattern_ops);--> statement-breakpoint
DROP INDEX CONCURRENTLY IF EXISTS "contacts_email";
