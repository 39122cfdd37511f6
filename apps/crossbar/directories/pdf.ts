// A directory on paper: names with the numbers that reach them, as PDF.
import PDFDocument from 'pdfkit';

/** One line: a name and the numbers of the callflow that rings the person. */
export interface PrintedEntry {
  readonly name: string;
  readonly numbers: readonly string[];
}

const margin = 50;
const left = { width: 280 };

/** An A4 document with a heading, in two columns. */
export function directoryPdf(title: string, entries: readonly PrintedEntry[]): Promise<Buffer> {
  const document = new PDFDocument({ size: 'A4', margin, info: { Title: title } });
  const whole = collected(document);
  document.fontSize(20).text(title).moveDown().fontSize(11);
  for (const { name, numbers } of entries) {
    const numbersText = numbers.join(', ');
    const height = Math.max(
      document.heightOfString(name, left),
      document.heightOfString(numbersText, { width: right(document) }),
    );
    if (document.y + height > document.page.height - margin) document.addPage();
    const { y } = document;
    document.text(name, margin, y, left);
    document.text(numbersText, margin + left.width, y, { width: right(document), align: 'right' });
    document.y = y + height + 4;
  }
  document.end();
  return whole;
}

const right = ({ page }: PDFKit.PDFDocument): number => page.width - 2 * margin - left.width;

function collected(document: PDFKit.PDFDocument): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', () => resolve(Buffer.concat(chunks)));
    document.on('error', reject);
  });
}
