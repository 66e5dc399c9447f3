// Rules that join members of one CAEP event.
#include "event/shapes/caep.h"

namespace tocsin {

void Shape<caep::CredentialChange>::judge(Judge& judge, const caep::CredentialChange& event) {
  // EV-65. A type of the parties' own may well be a certificate or an authenticator.
  if (const auto listed = event.credential_type.known()) {
    using enum caep::CredentialType;
    judge.section("CAEP 1.0 3.3.1");
    if (*listed != x509 && event.x509_issuer) judge.warn("x509_issuer", "of no certificate");
    if (*listed != x509 && event.x509_serial) judge.warn("x509_serial", "of no certificate");
    const bool is_fido =
        *listed == fido2_platform || *listed == fido2_roaming || *listed == fido_u2f;
    if (!is_fido && event.fido2_aaguid) judge.warn("fido2_aaguid", "of no FIDO authenticator");
  }
  judge.demand_reason(event.reason_admin, "CAEP Interoperability Profile 3.2");
}

void Shape<caep::DeviceComplianceChange>::judge(Judge& judge,
                                                const caep::DeviceComplianceChange& event) {
  judge.section("CAEP 1.0 3.5.1");
  if (has_content(event.current_status) && event.previous_status == event.current_status) {
    judge.warn("current_status", "the same as before");  // EV-77
  }
  judge.demand_reason(event.reason_admin, "CAEP Interoperability Profile 3.3");
}

}  // namespace tocsin
