// Papers and comments of port requests: under safe names, and for those who may see them.
import { expect } from 'chai';
import { portBench } from '../testing/ports.ts';
import type { Answer } from '../testing/rest.ts';

describe('what belongs to a port request', () => {
  const { rest, reseller, tenant, other, own, carrier, make } = portBench();

  describe('papers', () => {
    const upload = (verb: string, path: string, body: string, type: string, token = tenant.token) =>
      rest.send(verb, `accounts/${tenant.id}/port_requests${path}`, undefined, {
        token,
        raw: body,
        headers: { 'content-type': type },
      });

    it('are of any type, under names that are safe', async () => {
      const id = await make();
      const put = await upload(
        'PUT',
        `${id}/attachments?filename=../../bill%20of%20May.pdf`,
        '%PDF',
        'application/pdf',
      );
      expect([put.status, put.body.data]).to.deep.equal([
        201,
        { 'bill_of_May.pdf': { content_type: 'application/pdf', length: 4 } },
      ]);
      const again = await upload('PUT', `${id}/attachments?filename=bill_of_May.pdf`, 'x', 'text/plain');
      expect(again.body.data).to.have.nested.property('filename.unique');
      await upload('PUT', `${id}/attachments?filename=x.exe`, 'MZ', 'application/x-thing');
      const got = await own('GET', `${id}/attachments/bill_of_May.pdf`);
      expect([got.text, got.headers.get('content-type')]).to.deep.equal(['%PDF', 'application/pdf']);
      expect(got.headers.get('content-disposition')).to.match(/^attachment/);
      await upload('POST', `${id}/attachments/bill_of_May.pdf`, 'second', 'text/plain');
      expect((await own('GET', `${id}/attachments/bill_of_May.pdf`)).text).to.equal('second');
      expect((await own('GET', id)).body.data.uploads).to.have.all.keys('bill_of_May.pdf', 'x.exe');
      expect((await own('DELETE', `${id}/attachments/x.exe`)).body.data).to.have.all.keys('bill_of_May.pdf');
      for (const verb of ['GET', 'DELETE'])
        expect((await own(verb, `${id}/attachments/x.exe`)).status).to.equal(404);
      expect((await upload('POST', `${id}/attachments/x.exe`, 'x', 'text/plain')).status).to.equal(404);
      expect((await upload('PUT', `${id}/attachments`, '', 'text/plain')).status).to.equal(400);
      await own('PATCH', id, { note: 'keeps its papers' });
      expect((await own('GET', `${id}/attachments`)).body.data).to.have.all.keys('bill_of_May.pdf');
      await own('PATCH', `${id}/submitted`, {});
      expect((await own('DELETE', `${id}/attachments/bill_of_May.pdf`)).status).to.equal(403);
      expect((await other.send('GET', `port_requests${id}/attachments/bill_of_May.pdf`)).status).to.equal(
        404,
      );
    });

    it('include a letter of authorization', async () => {
      const id = await make();
      await own('PATCH', id, { bill: { name: 'Ann €', carrier: 'Old' }, signing_date: 63_900_000_000 });
      const { status, headers, text } = await own('GET', `${id}/loa`);
      expect([status, headers.get('content-type'), text.slice(0, 5)]).to.deep.equal([
        200,
        'application/pdf',
        '%PDF-',
      ]);
    });
  });

  describe('comments', () => {
    const comments = (one: object) => ({ comments: [one] });
    const texts = ({ body }: Answer): string[] =>
      body.data.comments.map(({ content }: { content: string }) => content);

    it('are signed by who writes them, and add up', async () => {
      const id = await make();
      const put = await own(
        'PUT',
        `${id}/comments`,
        comments({ content: 'first', author: 'nobody', timestamp: 5 }),
      );
      expect(put.body.data.comments).to.deep.equal([
        {
          content: 'first',
          author: 'Ann Admin',
          timestamp: 5,
          account_id: tenant.id,
          user_id: tenant.userId,
          is_private: false,
          action_required: false,
        },
      ]);
      const { data } = (await own('GET', id)).body;
      await own('POST', id, { ...data, comments: [] });
      await own('POST', id, data);
      await own('PATCH', `${id}/submitted`, comments({ content: 'sent', author: 'x', timestamp: 9 }));
      expect(texts(await own('GET', `${id}/comments`))).to.deep.equal(['first', 'sent']);
      const late = await own('PATCH', id, comments({ content: 'late', author: 'x', timestamp: 7 }));
      expect([late.status, late.body.data.comments.length]).to.deep.equal([200, 3]);
      expect((await own('GET', `${id}/comments/1`)).body.data.content).to.equal('late');
      expect((await own('GET', `${id}/comments/3`)).status).to.equal(404);
      expect((await own('GET', `${id}/comments/x`)).status).to.equal(404);
    });

    it('may be private between those who carry the port out', async () => {
      const id = await make();
      const secret = comments({ content: 'secret', is_private: true });
      expect((await own('PUT', `${id}/comments`, secret)).status).to.equal(403);
      expect(
        (await own('PATCH', id, comments({ content: 'x', author: 'x', timestamp: 1, action_required: true })))
          .status,
      ).to.equal(403);
      await carrier('PUT', `${id}/comments`, secret);
      await carrier('PUT', `${id}/comments`, comments({ content: 'do it', action_required: true }));
      const both = comments({ content: 'x', is_private: true, action_required: true });
      expect((await carrier('PUT', `${id}/comments`, both)).body.data).to.have.nested.property(
        'comments.rejected',
      );
      expect(texts(await carrier('GET', `${id}/comments`))).to.deep.equal(['secret', 'do it']);
      expect(texts(await own('GET', `${id}/comments`))).to.deep.equal(['do it']);
      expect((await own('GET', id)).text).to.not.include('secret');
      expect((await own('GET', `${id}/timeline`)).text).to.not.include('secret');
      await own('PATCH', id, { note: 'all stay' });
      expect(texts(await carrier('GET', `${id}/comments`))).to.deep.equal(['secret', 'do it']);
    });

    it('are changed and removed by who wrote them', async () => {
      const id = await make();
      await carrier('PUT', `${id}/comments`, comments({ content: 'theirs', timestamp: 1 }));
      await own('PUT', `${id}/comments`, comments({ content: 'mine', timestamp: 2 }));
      expect((await own('POST', `${id}/comments/0`, { content: 'x' })).status).to.equal(403);
      expect((await own('DELETE', `${id}/comments/0`)).status).to.equal(403);
      expect((await own('POST', `${id}/comments/1`, { content: 'better' })).body.data).to.include({
        content: 'better',
        timestamp: 2,
      });
      expect(texts(await own('GET', `${id}/comments`))).to.deep.equal(['theirs', 'better']);
      expect(texts(await own('DELETE', `${id}/comments/1`))).to.deep.equal(['theirs']);
      await own('PUT', `${id}/comments`, comments({ content: 'again' }));
      expect(texts(await own('DELETE', `${id}/comments`))).to.deep.equal(['theirs']);
      expect(texts(await carrier('DELETE', `${id}/comments`))).to.deep.equal([]);
    });

    it('are told to others, each once', async () => {
      const id = await make();
      const told = () => rest.bus.named('port_comment').filter((it) => it['Port-Request-ID'] === id.slice(1));
      await carrier('PUT', `${id}/comments`, comments({ content: 'one' }));
      const { data } = (await own('GET', id)).body;
      await own('POST', id, {
        ...data,
        comments: [...data.comments, { content: 'two', author: '', timestamp: 1 }],
      });
      await own('PATCH', `${id}/submitted`, comments({ content: 'three', author: '', timestamp: 3 }));
      await own('DELETE', `${id}/comments`);
      expect(told().map(({ Comment }) => Comment.content)).to.deep.equal(['one', 'two', 'three']);
      expect(told()[0]).to.include({ 'Account-ID': tenant.id, 'Authorized-By': reseller.id });
    });

    for (const [data, at] of [
      [{}, 'comments.required'],
      [{ comments: [] }, 'comments.minItems'],
      [{ comments: [{}] }, 'comments.0.content'],
      [{ comments: [{ content: 'x', timestamp: 'y' }] }, 'comments.0.timestamp'],
      [{ comments: [{ content: 'x', is_private: 'y' }] }, 'comments.0.is_private'],
    ] as const)
      it(`refuse ${at}`, async () => {
        const { status, text } = await own('PUT', `${await make()}/comments`, data);
        expect(status).to.equal(400);
        expect(text).to.include(at.split('.').at(-1));
      });
  });
});
