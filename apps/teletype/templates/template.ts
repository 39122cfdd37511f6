// What a mail is before anybody changed it: its words, and to whom it goes.

/** A template of our own. `text` has paragraphs; the HTML of the mail is made of the same. */
export interface Template {
  readonly id: string;
  readonly category: 'account' | 'fax' | 'port' | 'sip' | 'system' | 'user' | 'voicemail' | 'webhook';
  readonly friendly_name: string;
  readonly subject: string;
  /** `original`: whom the event names; `admins`: the administrators of the account. */
  readonly to: 'original' | 'admins';
  readonly text: string;
}

/** The HTML of a template: every value is escaped when it is put in. */
export function htmlOf({ text }: Pick<Template, 'text'>): string {
  const paragraphs = text.split('\n\n').map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>\n')}</p>`);
  return `<!doctype html>\n<html>\n<body>\n${paragraphs.join('\n')}\n</body>\n</html>\n`;
}
