// Every app that a zone runs, in the order in which they start. Stopping goes the other way.
import { callflow } from '../../apps/callflow/app.ts';
import { cdr } from '../../apps/cdr/app.ts';
import { crossbar } from '../../apps/crossbar/app.ts';
import { ecallmgr } from '../../apps/ecallmgr/app.ts';
import { media_mgr } from '../../apps/media_mgr/app.ts';
import { milliwatt } from '../../apps/milliwatt/app.ts';
import { registrar } from '../../apps/registrar/app.ts';
import { edge } from '../../apps/registrar/edge/app.ts';
import { kamailio_bridge } from '../../apps/registrar/kamailio/app.ts';
import { trunkstore } from '../../apps/trunkstore/app.ts';
import type { App } from '../../core/app/index.ts';

export const apps: readonly App[] = [
  media_mgr,
  cdr,
  registrar,
  trunkstore,
  callflow,
  milliwatt,
  crossbar,
  ecallmgr,
  edge,
  kamailio_bridge,
];
