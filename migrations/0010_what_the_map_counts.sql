CREATE TABLE "map_counts" (
	"day" date NOT NULL,
	"fact" text NOT NULL,
	"stage" text NOT NULL,
	"key" text NOT NULL,
	"persona" text NOT NULL,
	"language" text NOT NULL,
	"segment" text NOT NULL,
	"n" bigint NOT NULL,
	"total" double precision NOT NULL,
	CONSTRAINT "map_counts_segment_fact_day_stage_key_persona_language_pk" PRIMARY KEY("segment","fact","day","stage","key","persona","language")
);
--> statement-breakpoint
CREATE TABLE "map_deltas" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "map_deltas_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"day" date NOT NULL,
	"fact" text NOT NULL,
	"stage" text NOT NULL,
	"key" text NOT NULL,
	"persona" text NOT NULL,
	"language" text NOT NULL,
	"segment" text NOT NULL,
	"n" integer NOT NULL,
	"total" double precision NOT NULL
);
--> statement-breakpoint
CREATE INDEX "map_deltas_fact" ON "map_deltas" USING btree ("segment","fact","day");