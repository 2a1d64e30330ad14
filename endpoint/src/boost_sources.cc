// The parts of Asio and Beast that are not templates, once for the whole program: every other file
// then compiles in a fraction of the time.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
