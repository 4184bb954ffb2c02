/** PostgreSQL of the harness. */
export interface PostgresProcess {
  readonly pid: number;
  /** As when the power fails: `pg_ctl stop -m immediate`. */
  stopImmediately(): Promise<void>;
  /** On the same port, with the same data. */
  start(): Promise<void>;
}
