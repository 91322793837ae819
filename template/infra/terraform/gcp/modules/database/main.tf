# PostgreSQL, private, backed up, restorable to any second of the last week.
variable "name" {
  description = "Name of the instance."
  type        = string
}

variable "region" {
  description = "Where it lives."
  type        = string
}

variable "network" {
  description = "The network it is reached from."
  type        = string
}

variable "tier" {
  description = "Its size."
  type        = string
}

variable "is_production" {
  description = "Production has a standby in a second zone and can't be destroyed by accident."
  type        = bool
}

resource "google_sql_database_instance" "this" {
  name                = var.name
  region              = var.region
  database_version    = "POSTGRES_18"
  deletion_protection = var.is_production

  settings {
    edition                     = "ENTERPRISE"
    tier                        = var.tier
    availability_type           = var.is_production ? "REGIONAL" : "ZONAL"
    deletion_protection_enabled = var.is_production
    disk_autoresize             = true

    ip_configuration {
      ipv4_enabled    = false
      private_network = var.network
      ssl_mode        = "ENCRYPTED_ONLY"
    }

    backup_configuration {
      enabled                        = true
      point_in_time_recovery_enabled = true
      transaction_log_retention_days = 7

      backup_retention_settings {
        retained_backups = 14
      }
    }

    insights_config {
      query_insights_enabled = true
    }
  }
}

resource "google_sql_database" "app" {
  name     = "app"
  instance = google_sql_database_instance.this.name
}

output "address" {
  description = "Its private address."
  value       = google_sql_database_instance.this.private_ip_address
}
