# PostgreSQL, private and backed up; the owner's password is handed through and kept in no state.
variable "name" {
  description = "Name of the server."
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

variable "subnet_id" {
  description = "The delegated subnet."
  type        = string
}

variable "private_dns_zone_id" {
  description = "The private DNS zone."
  type        = string
}

variable "sku" {
  description = "Its size."
  type        = string
}

variable "owner_password" {
  description = "Password of the owner."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "owner_password_version" {
  description = "Raised when the password is a new one."
  type        = number
}

variable "is_production" {
  description = "Production has a standby in a second zone and keeps its backups in a second region."
  type        = bool
}

variable "tags" {
  description = "Tags of every resource."
  type        = map(string)
}

resource "azurerm_postgresql_flexible_server" "this" {
  name                              = var.name
  resource_group_name               = var.resource_group
  location                          = var.location
  version                           = "17"
  sku_name                          = var.sku
  administrator_login               = "owner"
  administrator_password_wo         = var.owner_password
  administrator_password_wo_version = var.owner_password_version
  storage_mb                        = 32768
  auto_grow_enabled                 = true
  backup_retention_days             = 14
  geo_redundant_backup_enabled      = var.is_production
  public_network_access_enabled     = false
  delegated_subnet_id               = var.subnet_id
  private_dns_zone_id               = var.private_dns_zone_id
  zone                              = "1"
  tags                              = var.tags

  dynamic "high_availability" {
    for_each = var.is_production ? ["ZoneRedundant"] : []

    content {
      mode                      = high_availability.value
      standby_availability_zone = "2"
    }
  }

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [zone, high_availability[0].standby_availability_zone]
  }
}

resource "azurerm_postgresql_flexible_server_configuration" "extensions" {
  name      = "azure.extensions"
  server_id = azurerm_postgresql_flexible_server.this.id
  value     = "VECTOR"
}

resource "azurerm_postgresql_flexible_server_database" "app" {
  name      = "app"
  server_id = azurerm_postgresql_flexible_server.this.id
}

output "address" {
  description = "Its host name."
  value       = azurerm_postgresql_flexible_server.this.fqdn
}
