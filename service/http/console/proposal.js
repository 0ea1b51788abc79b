// A proposal on a page of its own.
import { call } from './api.js';
import { h, replace } from './dom.js';
import { loading } from './feedback.js';
import { setPageKeys } from './keys.js';
import { decide, proposalCard } from './proposal_card.js';
import { go, link } from './router.js';

export async function show({ root, path, signal, title, again }) {
  const name = path.join('/');
  title(`Proposal ${path[1]}`);
  replace(root, loading());
  const proposal = await call('GetProposal', { name }, { signal });
  if (signal.aborted) return;
  replace(
    root,
    h('a.back', { href: link(['proposals']) }, 'Proposals'),
    h('h1', { tabindex: '-1' }, `Proposal ${path[1]}`),
    proposalCard(proposal, { again, signal, whole: true }),
  );
  const open = proposal.state === 'PROPOSAL_STATE_OPEN';
  setPageKeys(
    [
      open && ['a', 'Approve', () => decide(proposal, 'approve', again)],
      open && ['r', 'Reject', () => decide(proposal, 'reject', again)],
      ['Esc', 'Back to the proposals', () => go(link(['proposals']))],
    ].filter(Boolean),
  );
}
