import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { JobAnswer } from '../../../api/jobs/shapes.ts';
import type { Checked } from '../../../api/project-edits/shapes.ts';
import type { OneWorkflow } from '../../../api/workflows/shapes.ts';
import { apiGet, apiSend } from '../../app/client.ts';

export function useWorkflow(id: string): UseQueryResult<OneWorkflow> {
  return useQuery({
    queryKey: ['workflow', id],
    queryFn: () => apiGet<OneWorkflow>(`/v1/workflows/${encodeURIComponent(id)}`),
  });
}

/** What is changed about the project's files: nothing, or the file of this workflow. */
export type Files = Readonly<Record<string, string>>;

/** What is wrong with what is being written, and how it would be drawn. */
export function useCheck(id: string, files: Files): UseQueryResult<Checked> {
  return useQuery({
    queryKey: ['check', id, files],
    queryFn: () => apiSend<Checked>('POST', '/v1/project/check', { files, graph_of: id }),
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
}

/** Begins a job and waits for what comes of it. @throws Error with what went wrong. */
export async function doJob<R>(path: string, body: object, onProgress: (share: number) => void): Promise<R> {
  const { id } = await apiSend<JobAnswer<R>>('POST', path, body);
  for (;;) {
    const job = await apiGet<JobAnswer<R>>(`/v1/jobs/${id}`);
    onProgress(job.progress);
    if (job.state === 'done') return job.result as R;
    if (job.error) throw new Error([job.error.message, ...job.error.details].join('\n'));
    await new Promise((resolve) => setTimeout(resolve, LOOKED_EVERY));
  }
}

const LOOKED_EVERY = 400;
