// functions: stored functions that decide about calls. They are kept and listed; nothing in the cluster runs them yet.
import { resource } from '../../../core/contract/index.ts';
import { storedFunction } from '../../../core/documents/index.ts';
import { plain } from '../engine/index.ts';

export const functions = plain(
  resource({
    path: 'functions',
    summary: 'Stored functions',
    document: storedFunction,
    shared: 'functions',
    listing: { design: 'functions', view: 'crossbar_listing' },
    example: { name: 'By the hour', function_js: 'return { module: "device" };' },
  }),
);
