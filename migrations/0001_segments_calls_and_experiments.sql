CREATE TABLE "segment_members" (
	"segment" text NOT NULL,
	"contact_id" uuid NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "segment_members_segment_contact_id_pk" PRIMARY KEY("segment","contact_id")
);
--> statement-breakpoint
CREATE TABLE "segment_moves" (
	"contact_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"segment" text NOT NULL,
	"way" text NOT NULL,
	"because" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calls" (
	"id" uuid PRIMARY KEY NOT NULL,
	"contact_id" uuid NOT NULL,
	"workflow" text NOT NULL,
	"run" integer NOT NULL,
	"step" text NOT NULL,
	"visit" integer NOT NULL,
	"spec" jsonb NOT NULL,
	"event" jsonb NOT NULL,
	"state" text NOT NULL,
	"owed_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claim" uuid,
	"claimed_by" integer,
	"lease_until" timestamp (3) with time zone,
	"response" text,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "experiments" (
	"workflow" text NOT NULL,
	"step" text NOT NULL,
	"looks" integer DEFAULT 0 NOT NULL,
	"looked_at" timestamp (3) with time zone NOT NULL,
	"winner" text,
	"because" jsonb,
	CONSTRAINT "experiments_workflow_step_pk" PRIMARY KEY("workflow","step")
);
--> statement-breakpoint
CREATE TABLE "recomputations" (
	"deployment" integer PRIMARY KEY NOT NULL,
	"rules" text NOT NULL,
	"after" uuid,
	"asked" integer DEFAULT 0 NOT NULL,
	"total" integer NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "stages_left" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "segments" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "persona" text;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "rules" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "contacts" ADD COLUMN "derived" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "write_keys" ADD COLUMN "scope" text DEFAULT 'events' NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "rules" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "deployments" ADD COLUMN "live_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "held_out" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "variants" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "held_before" text;--> statement-breakpoint
CREATE INDEX "segment_members_contact" ON "segment_members" USING btree ("contact_id");--> statement-breakpoint
CREATE INDEX "segment_moves_contact" ON "segment_moves" USING btree ("contact_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "calls_visit" ON "calls" USING btree ("contact_id","workflow","run","step","visit");--> statement-breakpoint
CREATE INDEX "calls_due" ON "calls" USING btree ("due_at") WHERE state = 'owed';--> statement-breakpoint
CREATE INDEX "calls_leased" ON "calls" USING btree ("lease_until") WHERE state = 'claimed';