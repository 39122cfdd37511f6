// Documents of which replicas disagree.
function map(doc) {
  if (doc._conflicts) emit(doc._conflicts, null);
}
