// What single values of a configuration must look like.
#pragma once

#include "app/config_keys.h"

namespace tocsin::app::rule {

extern const KeyRule algorithm;         // of signatures
extern const KeyRule delivery;          // push, poll
extern const KeyRule default_subjects;  // ALL, NONE
extern const KeyRule event_pattern;     // caep:*, risc:account-disabled, a URI
extern const KeyRule host;
extern const KeyRule issuer;  // an https URL without query or fragment
extern const KeyRule log_level;
extern const KeyRule name;  // a client id
extern const KeyRule network;
extern const KeyRule proxy_header;
extern const KeyRule path_segment;
extern const KeyRule profile;  // ssf1, caep-interop
extern const KeyRule sink_type;
extern const KeyRule origin;  // https, or http for a service on loopback
extern const KeyRule scope;
extern const KeyRule sha256;
extern const KeyRule store_url;
extern const KeyRule subject;            // JSON
extern const KeyRule subject_namespace;  // email, email:example.com
extern const KeyRule subject_scope;
extern const KeyRule uri;
extern const KeyRule url;  // that we call

}  // namespace tocsin::app::rule
