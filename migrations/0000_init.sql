CREATE TABLE "consents" (
	"contact_id" uuid NOT NULL,
	"channel" text NOT NULL,
	"granted" boolean NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "consents_contact_id_channel_pk" PRIMARY KEY("contact_id","channel")
);
--> statement-breakpoint
CREATE TABLE "contacts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"partition" smallint NOT NULL,
	"profile" jsonb NOT NULL,
	"shape" text NOT NULL,
	"entries" jsonb NOT NULL,
	"sent" jsonb NOT NULL,
	"stage" text NOT NULL,
	"stage_since" timestamp (3) with time zone NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"settled_until" timestamp (3) with time zone,
	"next_due_at" timestamp (3) with time zone,
	"merged_into" uuid,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "identities" (
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"contact_id" uuid NOT NULL,
	CONSTRAINT "identities_kind_value_pk" PRIMARY KEY("kind","value")
);
--> statement-breakpoint
CREATE TABLE "stage_moves" (
	"contact_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"from" text NOT NULL,
	"to" text NOT NULL,
	"because" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suppressions" (
	"channel" text NOT NULL,
	"address" text NOT NULL,
	"scope" text NOT NULL,
	"reason" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "suppressions_channel_address_pk" PRIMARY KEY("channel","address")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"contact_id" uuid NOT NULL,
	"message_id" text NOT NULL,
	"type" text NOT NULL,
	"name" text NOT NULL,
	"properties" jsonb NOT NULL,
	"occurred_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"source" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "happenings" (
	"partition" smallint NOT NULL,
	"contact_id" uuid NOT NULL,
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "happenings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_id" uuid,
	"gone_id" uuid,
	"due_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "happenings_partition_contact_id_id_pk" PRIMARY KEY("partition","contact_id","id")
);
--> statement-breakpoint
CREATE TABLE "rejected_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rejected_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source" text NOT NULL,
	"code" text NOT NULL,
	"message" text NOT NULL,
	"pointer" text NOT NULL,
	"message_id" text,
	"received_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "write_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "write_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"contact_id" uuid NOT NULL,
	"workflow" text NOT NULL,
	"run" integer NOT NULL,
	"step" text NOT NULL,
	"visit" integer NOT NULL,
	"message" text NOT NULL,
	"channel" text NOT NULL,
	"purpose" text NOT NULL,
	"state" text NOT NULL,
	"owed_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"stage" text NOT NULL,
	"language" text NOT NULL,
	"tone" text NOT NULL,
	"formality" jsonb NOT NULL,
	"because" jsonb NOT NULL,
	"held_because" jsonb,
	"event" jsonb NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claim" uuid,
	"claimed_by" integer,
	"lease_until" timestamp (3) with time zone,
	"address" text,
	"subject" text,
	"response" text,
	"sent_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "compiled_templates" (
	"hash" text PRIMARY KEY NOT NULL,
	"html" text NOT NULL,
	"text" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deployments" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "deployments_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"hash" text NOT NULL,
	"files" jsonb NOT NULL,
	"deployed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "partitions" (
	"id" smallint PRIMARY KEY NOT NULL,
	"owner" integer,
	"lease_until" timestamp (3) with time zone,
	"fence" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"contact_id" uuid NOT NULL,
	"workflow" text NOT NULL,
	"number" integer NOT NULL,
	"version" text NOT NULL,
	"entered_at" timestamp (3) with time zone NOT NULL,
	"event" jsonb,
	"because" jsonb NOT NULL,
	"step" text NOT NULL,
	"visit" integer NOT NULL,
	"arrived_at" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"outcome" text,
	"ended_because" jsonb,
	CONSTRAINT "runs_contact_id_workflow_number_pk" PRIMARY KEY("contact_id","workflow","number")
);
--> statement-breakpoint
CREATE TABLE "secrets" (
	"name" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"active" boolean DEFAULT true NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workflow_versions" (
	"workflow" text NOT NULL,
	"version" text NOT NULL,
	"source" text NOT NULL,
	"deployed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "workflow_versions_workflow_version_pk" PRIMARY KEY("workflow","version")
);
--> statement-breakpoint
CREATE INDEX "contacts_due" ON "contacts" USING btree ("partition","next_due_at") WHERE next_due_at is not null;--> statement-breakpoint
CREATE INDEX "contacts_stage" ON "contacts" USING btree ("stage");--> statement-breakpoint
CREATE INDEX "contacts_merged" ON "contacts" USING btree ("merged_into") WHERE merged_into is not null;--> statement-breakpoint
CREATE INDEX "identities_contact" ON "identities" USING btree ("contact_id");--> statement-breakpoint
CREATE INDEX "stage_moves_contact" ON "stage_moves" USING btree ("contact_id","at");--> statement-breakpoint
CREATE INDEX "events_contact" ON "events" USING btree ("contact_id","occurred_at");--> statement-breakpoint
CREATE INDEX "happenings_merges" ON "happenings" USING btree ("due_at") WHERE gone_id is not null;--> statement-breakpoint
CREATE INDEX "rejected_events_received" ON "rejected_events" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_visit" ON "messages" USING btree ("contact_id","workflow","run","step","visit");--> statement-breakpoint
CREATE INDEX "messages_due" ON "messages" USING btree ("due_at") WHERE state in ('owed', 'deferred');--> statement-breakpoint
CREATE INDEX "messages_leased" ON "messages" USING btree ("lease_until") WHERE state in ('claimed', 'handing_over');--> statement-breakpoint
CREATE INDEX "runs_active" ON "runs" USING btree ("contact_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "runs_workflow" ON "runs" USING btree ("workflow","version") WHERE ended_at is null;