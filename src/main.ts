#!/usr/bin/env node
import { Command } from 'commander';
import { addCheck } from './cli/check.ts';
import { addDemo } from './cli/demo.ts';
import { addDeploy } from './cli/deploy.ts';
import { addDocs } from './cli/docs.ts';
import { addExperiments } from './cli/experiments.ts';
import { addExplain } from './cli/explain.ts';
import { addInit } from './cli/init.ts';
import { addKeys } from './cli/keys.ts';
import { tellError } from './cli/output.ts';
import { addPreview } from './cli/preview.ts';
import { addReplay } from './cli/replay.ts';
import { addSchema } from './cli/schema.ts';
import { addSimulate } from './cli/simulate.ts';
import { addSegments } from './cli/segments.ts';
import { addStart } from './cli/start.ts';
import { addStatus } from './cli/status.ts';
import { addTest } from './cli/test.ts';

const program = new Command('etapa')
  .description('Marketing automation driven by the stages of the customer journey.')
  .version('0.1.0')
  .showHelpAfterError('Run with --help to see what is possible.')
  .showSuggestionAfterError();

const commands = [
  addInit,
  addCheck,
  addSchema,
  addTest,
  addSimulate,
  addPreview,
  addDocs,
  addDeploy,
  addStart,
  addDemo,
  addReplay,
  addStatus,
  addExplain,
  addSegments,
  addExperiments,
  addKeys,
];
for (const add of commands) add(program);

try {
  await program.parseAsync();
} catch (error) {
  tellError(error);
  // Connections that were opened before it failed would keep the process alive.
  process.exit(1);
}
