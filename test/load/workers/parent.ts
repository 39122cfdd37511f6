// The bench that started this process.

/** Says that this worker is ready; from then on it lives as long as its parent wants it to. */
export function announce(hello: unknown = 'ready'): void {
  process.once('disconnect', () => process.exit());
  process.send?.(hello);
}

/** Answers tasks one at a time. */
export function serve<Task, Answer>(work: (task: Task) => Promise<Answer>): void {
  process.on('message', (task: Task) => {
    void work(task).then((answer) => process.send?.(answer));
  });
  announce();
}
