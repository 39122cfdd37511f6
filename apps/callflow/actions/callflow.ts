// callflow: runs another callflow of the account, then this node's own child.
import { action, branch, isFlowNode, next, Type } from '../../../core/contract/index.ts';
import { callflow as callflowDocument } from '../../../core/documents/index.ts';
import type { Call } from '../call/call.ts';

export const callflow = action({
  name: 'callflow',
  summary: 'Run another callflow',
  data: { id: Type.Optional(Type.String()) },
  onResume: 'repeat',
  run: async (call: Call, { id }) => {
    const found = id ? await call.findDocument(callflowDocument, id) : undefined;
    if (isFlowNode(found?.flow)) return branch(found.flow);
    call.log.warn('callflow names a callflow that is not there or has no flow', { callflow: id });
    return next();
  },
});
