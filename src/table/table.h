// The door of table/.
#pragma once
