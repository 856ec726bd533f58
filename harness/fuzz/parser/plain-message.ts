/** A message without what differs from input to input: its digits and what stands in quotes. */
export const plainMessage = (message: string): string => message.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '""').replace(/0x[0-9a-f]+|-?\d+(_\d+)*/gi, '#');
