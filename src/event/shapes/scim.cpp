// Rules that join members of one SCIM event.
#include "event/shapes/scim.h"

namespace tocsin {

void Shape<scim::AsyncResponse>::judge(Judge& judge, const scim::AsyncResponse& event) {
  if (event.status.empty() || event.status.front() == '2') return;
  if (event.response || judge.has_extra("response")) return;
  judge.add(Errc::event_missing, Level::must, judge.member("response"), "the request failed");
}

}  // namespace tocsin
