// Conferences by every number that leads into them.
function map(doc) {
  if (doc.pvt_type !== 'conference' || doc.pvt_deleted) return;
  var seen = {};
  var offer = function (number) {
    if (!number || seen[number]) return;
    seen[number] = true;
    emit(number, null);
  };
  var member = doc.member || {};
  var moderator = doc.moderator || {};
  [doc.conference_numbers, member.numbers, moderator.numbers].forEach(function (numbers) {
    (numbers || []).forEach(offer);
  });
}
