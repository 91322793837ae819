# One registry for all images; nobody pulls without an identity, and there is no administrator's password.
variable "name" {
  description = "Name of the product and environment."
  type        = string
}

variable "resource_group" {
  description = "The resource group."
  type        = string
}

variable "location" {
  description = "Where it lives."
  type        = string
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}

resource "azurerm_container_registry" "this" {
  name                   = substr(replace(var.name, "-", ""), 0, 50)
  resource_group_name    = var.resource_group
  location               = var.location
  sku                    = "Standard"
  admin_enabled          = false
  anonymous_pull_enabled = false
  tags                   = var.tags
}

output "id" {
  description = "Its resource id."
  value       = azurerm_container_registry.this.id
}

output "url" {
  description = "What precedes /gateway in an image's name."
  value       = azurerm_container_registry.this.login_server
}
