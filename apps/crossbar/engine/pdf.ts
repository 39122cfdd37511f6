// A list as a table in a PDF file, made page by page as it is read.
import type { Readable } from 'node:stream';
import PDFDocument from 'pdfkit';
import { isRecord } from '../../../core/contract/index.ts';
import { cellText } from './csv.ts';
import type { Piece } from './list.ts';

const margin = 36;
const fontSize = 7;
const lineHeight = 11;
/** Mean width of a character at this size. */
const characterWidth = 3.6;
/** Bytes that may wait for a client that reads slowly. */
const mostWaiting = 65_536;

/** A title, the columns, and a line for each row; what is too long for its column is cut. */
export function pdfTable(title: string, columns: readonly string[], pieces: AsyncIterable<Piece>): Readable {
  const document = new PDFDocument({ size: 'A4', layout: 'landscape', margin, info: { Title: title } });
  const body = document as typeof document & Readable;
  draw(body, title, columns, pieces).catch((error: unknown) => body.destroy(error as Error));
  return body;
}

async function draw(
  document: PDFKit.PDFDocument & Readable,
  title: string,
  columns: readonly string[],
  pieces: AsyncIterable<Piece>,
): Promise<void> {
  const width = (document.page.width - 2 * margin) / Math.max(columns.length, 1);
  const longest = Math.max(1, Math.floor((width - 4) / characterWidth));
  let top = margin;
  const line = (cells: readonly string[], font: string): void => {
    document.font(font).fontSize(fontSize);
    for (const [at, text] of cells.entries())
      document.text(latin(text).slice(0, longest), margin + at * width, top, { lineBreak: false });
    top += lineHeight;
  };
  const head = (): void => {
    top = margin;
    line([title], 'Helvetica-Bold');
    line(columns, 'Helvetica-Bold');
  };
  head();
  for await (const { rows } of pieces) {
    for (const row of rows) {
      if (top + lineHeight > document.page.height - margin) {
        document.addPage();
        head();
      }
      line(
        columns.map((name) => cellText(isRecord(row) ? row[name] : row)),
        'Helvetica',
      );
    }
    await drained(document);
  }
  document.end();
}

/** The fonts that every reader has know no more. */
function latin(text: string): string {
  return text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?');
}

/** Waits until the client has read on. Rejects when it went away. */
function drained(document: Readable): Promise<void> {
  if (document.destroyed) return Promise.reject(new Error('the client went away'));
  if (document.readableLength < mostWaiting) return Promise.resolve();
  return new Promise((resolve, reject) => {
    document._read = () => resolve();
    document.once('close', () => reject(new Error('the client went away')));
  });
}
