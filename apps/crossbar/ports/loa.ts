// The letter of authorization of a port request: what the subscriber signs so that a carrier gives numbers away.
import PDFDocument from 'pdfkit';
import { fromGregorian } from '../../../core/couch/index.ts';
import type { PortRequest } from './states.ts';

const margin = 60;

/** One page or more of A4: who authorizes whom to take which numbers from which carrier, and room for a signature. */
export function letterOfAuthorization(
  document: PortRequest,
  account: string,
  authority: string,
): Promise<Buffer> {
  const { bill = {}, numbers, signee_name, signing_date, reference_number } = document;
  const pdf = new PDFDocument({
    size: 'A4',
    margin,
    info: { Title: `Letter of authorization: ${document.name}` },
  });
  const whole = collected(pdf);
  const field = (label: string, value: unknown): void => {
    if (value === undefined || value === '') return;
    pdf
      .font('Helvetica-Bold')
      .text(`${label}: `, { continued: true })
      .font('Helvetica')
      .text(latin(String(value)));
  };
  const street = [
    bill.street_number,
    bill.street_pre_dir,
    bill.street_address,
    bill.street_type,
    bill.street_post_dir,
  ];
  pdf.font('Helvetica-Bold').fontSize(20).text('Letter of authorization').moveDown().fontSize(11);
  field('Request', `${document.name} (${document._id})`);
  field('Reference', reference_number);
  field('Account', account);
  pdf.moveDown();
  field('Subscriber', bill.name);
  field('Address', street.filter(Boolean).join(' '));
  field('City', [bill.locality, bill.region, bill.postal_code].filter(Boolean).join(', '));
  field('Present carrier', bill.carrier);
  field('Account number', bill.account_number);
  field('Billing telephone number', bill.btn);
  pdf
    .moveDown()
    .font('Helvetica')
    .text(latin(`The subscriber authorizes ${authority} to bring these telephone numbers to its service:`))
    .moveDown();
  for (const number of Object.keys(numbers).sort()) pdf.text(number, { indent: 20 });
  pdf.moveDown(3).text('______________________________').moveDown(0.5);
  field('Name', signee_name);
  field('Date', signing_date === undefined ? undefined : dateOf(signing_date));
  pdf.end();
  return whole;
}

/** Gregorian seconds as a date. */
const dateOf = (seconds: number): string => fromGregorian(seconds).toISOString().slice(0, 10);

/** The fonts that every reader has know no more. */
const latin = (text: string): string => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?');

function collected(pdf: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
}
