/** A copy of the data of a cluster while it runs, as `pg_basebackup` makes it, which does not come with the embedded server. */
import { execFile } from 'node:child_process';
import { chown, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';

/** What is written while it is copied is told by the write-ahead log, which is copied last. */
export async function copyRunning(url: string, data: string, copy: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('faults', true)`);
    await mkdir(copy, { recursive: true, mode: 0o700 });
    await copyFolder(data, copy);
    const ended = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await writeFile(join(copy, 'backup_label'), ended.rows[0]?.labelfile ?? '');
    const { uid, gid } = await stat(data);
    for (const path of [copy, join(copy, 'backup_label')]) await chown(path, uid, gid);
    await Promise.all(OF_THE_RUNNING.map((name) => rm(join(copy, name), { force: true })));
    await replaceLog(join(data, 'pg_wal'), join(copy, 'pg_wal'));
  } finally {
    await client.end();
  }
}

const OF_THE_RUNNING = ['postmaster.pid', 'postmaster.opts'];

async function replaceLog(log: string, copy: string): Promise<void> {
  for (const name of await readdir(copy)) await rm(join(copy, name), { recursive: true });
  await copyFolder(log, copy);
}

/** With owners and rights. A file that goes away meanwhile is left out. */
export function copyFolder(from: string, to: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('cp', ['-a', `${from}/.`, to], (error, _, complaint) => {
      const others = complaint.split('\n').filter((line) => !/^$|No such file or directory$/.test(line));
      if (error && others.length > 0) reject(new Error(`the data could not be copied: ${others.join(' ')}`));
      else resolve();
    });
  });
}
