// The shape of each event type, written down once:
//
//   type       the URI
//   subject    which subjects it is about
//   members()  its members, in the order we send them; Reader, Writer and Judge all walk this list
//   judge()    rules that join several members; optional
//
// shapes/ has one file for each family, beside the structs of include/tocsin/events/.
#pragma once

namespace tocsin {

template <class EventType>
struct Shape;

// For types that say everything by their name.
struct NoMembers {
  static void members(auto&, auto&) {}
};

}  // namespace tocsin
